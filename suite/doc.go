// Package suite judges a receiver of CSS relay callbacks: it plays scenarios at it, looks at what it did, and turns
// both into verdicts and reports.
//
//	rep, err := suite.Run(ctx, suite.Config{URL: "http://127.0.0.1:8080/callbacks/relay"})
//	if err == nil && rep.ExitCode != 0 { … }
//
// [Run] is for programs, [Test] for Go tests, [Specs] for suites on Ginkgo. The package ties its parts together and
// decides nothing itself: [scenarios] makes plans, [emitter] plays them, observe looks, judge gives the verdict, and
// report tells it. Ginkgo, with its globals, is imported here and nowhere else.
//
// What it promises: nothing is sent but to the target, its observers and its hooks; no wait is without a deadline; a play
// that fails proves nothing and says so; verdicts do not depend on order or concurrency.
//
// [scenarios]: https://pkg.go.dev/github.com/relaycheck/relaycheck/scenarios
// [emitter]: https://pkg.go.dev/github.com/relaycheck/relaycheck/emitter
package suite
