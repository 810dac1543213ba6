"""How two neighbouring nodes make a pair: schemes, and the link model a network sees of them."""
