package schema

import (
	"hash/maphash"
	"sync/atomic"
)

// kept are the judgements that were made.
var kept archive

// An archive keeps each judgement in one of maxProbes places from where its constellation's hash points to. They stay for
// good, so whoever looks for one need not wait for others. There is room for far more constellations than honest senders
// produce; where there is none left nothing more is kept, and the library is asked.
type archive [1 << 10]atomic.Pointer[judgement]

// maxProbes is how many places a judgement may have. With sixteen the archive is nearly full before one is turned away.
const maxProbes = 16

// archiveSeed keeps a sender from choosing constellations that fall on one place.
var archiveSeed = maphash.MakeSeed()

// find is the judgement about a constellation, or nil.
func (a *archive) find(constellation []byte) *judgement {
	at := maphash.Bytes(archiveSeed, constellation)
	for i := range uint64(maxProbes) {
		j := a[(at+i)%uint64(len(a))].Load()
		if j == nil || j.constellation == string(constellation) {
			return j
		}
	}
	return nil
}

func (a *archive) keep(j *judgement) {
	at := maphash.String(archiveSeed, j.constellation)
	for i := range uint64(maxProbes) {
		place := &a[(at+i)%uint64(len(a))]
		if place.CompareAndSwap(nil, j) || place.Load().constellation == j.constellation {
			return
		}
	}
}
