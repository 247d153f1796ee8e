package schema

import (
	"hash/maphash"
	"sync/atomic"
)

// An archive keeps things by constellation, each in one of maxProbes places from where the constellation's hash points to. They
// stay for good, so whoever looks for one need not wait for others. There is room for far more constellations than honest
// senders produce; where there is none left nothing more is kept, and the library is asked.
type archive[T any] [1 << 10]atomic.Pointer[filed[T]]

type filed[T any] struct {
	constellation string
	thing         T
}

// maxProbes is how many places a thing may have. With sixteen the archive is nearly full before one is turned away.
const maxProbes = 16

// archiveSeed keeps a sender from choosing constellations that fall on one place.
var archiveSeed = maphash.MakeSeed()

// find is what is kept about a constellation, or nil.
func (a *archive[T]) find(constellation []byte) *T {
	at := maphash.Bytes(archiveSeed, constellation)
	for i := range uint64(maxProbes) {
		f := a[(at+i)%uint64(len(a))].Load()
		switch {
		case f == nil:
			return nil
		case f.constellation == string(constellation):
			return &f.thing
		}
	}
	return nil
}

func (a *archive[T]) keep(constellation []byte, thing T) {
	f := &filed[T]{string(constellation), thing}
	at := maphash.String(archiveSeed, f.constellation)
	for i := range uint64(maxProbes) {
		place := &a[(at+i)%uint64(len(a))]
		if place.CompareAndSwap(nil, f) || place.Load().constellation == f.constellation {
			return
		}
	}
}
