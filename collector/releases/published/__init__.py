"""Reading what is out: figures in words, from a published folder alone.

Touch it to say a figure otherwise; it knows no web page, no count and no database.
"""
