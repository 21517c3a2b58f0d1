"""A census brought by the workspace, from its file to its undoing.

- `receiving`: the file as it arrives, and the mappings kept for others like it;
- `doubts`: the rows that look like records, and what a person decided of them;
- `work`: the plan and its writing, by the worker; `undoing`: taking it back;
- `progress`: how far a job is, told while its transaction is still open.
"""
