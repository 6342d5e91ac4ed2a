@rem Lets the scripts of package.json begin with "exec" on Windows too, as they do elsewhere for the signals.
@%*
