// Package target reads the target file, relaycheck.yaml: where the receiver is, how what it did can be seen, and how
// it is started and stopped.
//
//	t, err := target.Load("relaycheck.yaml", os.LookupEnv)
//	if err != nil {
//		return err // strict.Problems: every mistake of the file, each with its line, column and a hint
//	}
//	set, err := observe.Open(ctx, t)
//
// The file is read strictly, and everything in it that can be checked without asking anybody is checked here: keys,
// types, URLs, connection strings, queries, placeholders, expressions. What is wrong is then a mistake in the file, found before anything
// was sent, and not an observer that fails in mid-run.
//
// ${VAR} and ${VAR:-default} are filled in from the environment in every value, after the YAML was read: a password with
// a quote or a line end in it stays one value. $${ stands for a plain ${.
//
// Paths in the file, and the directory that its commands run in, are relative to the file's own directory.
//
// The file holds secrets. Target.Secrets lists them, for whoever writes anything.
//
// The package opens no connection and runs no command. It reads the target file and the certificates that it names.
package target
