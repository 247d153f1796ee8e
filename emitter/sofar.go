package emitter

import "context"

// soFarKey is the key under which a step's context holds its play.
type soFarKey struct{}

// SoFar is what has been recorded of a play when a Step.Do asks for it, with the context that it was given. It is a
// copy. With any other context it is empty.
func SoFar(ctx context.Context) Transcript {
	p, ok := ctx.Value(soFarKey{}).(*play)
	if !ok {
		return Transcript{}
	}
	return p.transcript(nil)
}
