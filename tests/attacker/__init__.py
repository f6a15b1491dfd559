"""An attacker on released files. It shares no code with the program: it reads the files and knows the rules."""
