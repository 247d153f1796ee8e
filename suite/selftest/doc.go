// Package selftest makes the power certificate: the proof that the suite's verdict can be trusted in both directions.
//
// It plays the whole suite, over real HTTP on loopback, at the reference receiver and at every seeded bug of
// internal/receiver. The reference must come out green, so that a red verdict means something; every bug must turn the
// requirement red that it breaks, so that a green one does.
//
//	cert, err := selftest.Run(ctx, selftest.Config{})
//	if err != nil {
//		return err
//	}
//	for _, p := range slices.Concat(cert.Problems, cert.Untold) {
//		fmt.Println(p)
//	}
//
// A bug is data (receiver.Bug): what it breaks, which other requirements it honestly breaks too, and which words the hint
// must have to help the developer who made the mistake. A requirement that turns red and is neither is a check that
// speaks out of turn, and the certificate fails for it as it does for a bug that nobody noticed.
//
// A machine that is too slow to send and to answer in time proves nothing, either way. What it may have spoilt is played again,
// with ever less beside it; what is still open then is neither a problem nor proven, but Untold.
//
// The package judges nothing itself: it counts what suite.Run reports. It sends nothing but to receivers that it started.
package selftest

//go:generate go run ../../cmd/relaycheck selftest --markdown ../../docs/kill-matrix.md
