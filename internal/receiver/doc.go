// Package receiver is a small, correct receiver of CSS relay callbacks (event_type 314), and a zoo of receivers that
// are wrong in one known way each.
//
// It serves two ends. It is something to play scenarios at when no other receiver is at hand. And it is the other
// half of the suite's proof: the suite must find nothing wrong with the reference, and must find every seeded bug.
// For that it is a reading of its own of what is documented about the callbacks; it shares no code with the suite,
// the emitter or the schemas, and must not import them.
//
//	r, err := receiver.Open(receiver.Config{})
//	if err != nil {
//		return err
//	}
//	defer r.Close()
//	return r.Serve(ctx, listener)
//
// How it works: what arrives is read (intake.go, values.go, event.go), stored under its identity before it is
// answered (store.go), and nothing else happens. The state of a task is never stored: it is worked out from the set
// of its events whenever somebody asks (state.go, task.go). So a duplicate changes nothing, the order of arrival
// matters only where the payloads tell no order, and a restart loses nothing.
//
// It fetches none of the URLs it is told, and starts no goroutine of its own but those of its HTTP server.
//
// Each step is a field of type stages; a seeded bug (bug.go, bugs_*.go) puts another function in one of them.
package receiver
