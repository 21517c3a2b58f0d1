"""Phrases as advisers type them, with what must be understood, and the score.

    python3 -m tests.phrases            both scores, and what was missed in `tuned.csv`
    python3 -m tests.phrases aside.csv  what was missed in the third kept aside

In the CSV files, `situations` holds slugs (a « ? » marks one that may be there or not), `communes`
names separated by « | » or a postal code for all of its communes, `public` and `danger` slugs,
`mots` the words that must remain: « - » for none, empty when it does not matter.
"""
