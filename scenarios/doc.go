// Package scenarios is the scenario language and what is written in it: the loader, the linter, the catalogue of
// requirements, and the scenarios that are part of the program.
//
// A scenario says what happened at CSS (its timeline) and, apart from that, what the network and the retry policy made
// of it (its delivery). What a right receiver shows follows from the timeline alone; package judge works it out.
//
//	list, err := scenarios.LoadFiles("my/scenarios") // or scenarios.Shipped()
//	if err != nil {
//		return err // strict.Problems: every mistake of every file, with place, excerpt and advice
//	}
//	plan, err := list[0].Compile(scenarios.Params{Seed: 42, BaseID: 100000000000001, Epoch: time.Now()})
//
// [Scenario.Compile] makes a [Plan]: a play with every id, byte and time fixed. It is plain data, goes into the run log,
// and is all that the judge knows of the scenario. Equal parameters give equal plans, to the byte.
//
// The package sends nothing, judges nothing and reads no clock. The types of the language are those named *Doc; their
// comments describe the keys in scenario.schema.json, which editors read. docs/scenarios.md explains the language to
// authors.
package scenarios
