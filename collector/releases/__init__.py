"""What commissioners get: a folder of files a quarter, made from publishable figures only."""
