// Package judge gives the verdict about a receiver. It is a pure function from a plan, the transcript of its play
// and what observers saw of the receiver, to findings:
//
//	result := judge.Judge(input, catalogue)
//	for _, row := range result.Rows {
//		fmt.Println(row.Requirement, row.Verdict)
//	}
//
// It performs no I/O, reads no clock and draws no random number: the same input gives the same result to the byte,
// also after the input went through JSON. Comparisons are Gomega matchers, called directly; the global fail handler
// is never touched.
//
// Three ideas carry it.
//
// The oracle computes what a receiver may show from the events of the plan and from which of them were acknowledged.
// The order of arrival plays no part in it. Where two readings are sensible both are allowed, and what the bytes
// cannot tell is not asked. It shares nothing with the reference receiver: their agreement means something because
// they are two readings of the same pages.
//
// A check that had nothing to compare is never a pass. What could not be seen is [CannotObserve], what the harness
// itself spoiled is [CannotTest], and a requirement is [Held] only where a check that speaks for it did pass.
//
// While a play runs, [Wanted] tells a sampler what to look at and when it may stop, by the same code that judges the
// recorded samples afterwards.
package judge
