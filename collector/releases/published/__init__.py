"""Reading what is out: figures for people, from a published folder alone. Touch it to say a figure otherwise; it knows no web page and no database."""
