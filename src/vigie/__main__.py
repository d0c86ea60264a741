"""``python -m vigie`` is ``vigie``, also where the folder of scripts is not on the search path."""

from vigie.cli.main import main

if __name__ == "__main__":
    main(prog_name="vigie")
