// Package report turns one run into every report that people and machines read of it: console text, JSON, JUnit,
// Markdown and HTML, and the run log (NDJSON) from which all of them can be made again.
//
//	rep := report.Build(run)                      // judge results -> verdicts, findings, exit code
//	paths, err := report.Write(dir, []string{"json", "junit"}, rep, run)
//	err = report.Console(os.Stdout, rep, report.ConsoleOptions{})
//
// It makes no verdict about a receiver by itself: those are the judge's. It adds up rows to requirements and
// requirements to the verdict of the run, and says in words what the judge's checks say in data. Nothing here talks
// to a network or reads a clock, and nothing but Write touches the file system.
//
// Whatever leaves this package has passed Run.Redact first, before anything is cut, quoted or encoded.
package report
