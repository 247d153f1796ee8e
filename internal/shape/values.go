package shape

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// values tells the values of a member apart. Of too many it keeps those with the smallest hashes: they are the same
// however a capture is cut, their counts are exact, and where the last of them lies tells how many there are.
type values struct {
	kept  []value           // by hash
	texts map[uint64]string // of the kept ones that may be shown, by hash
	more  bool              // there were others
}

// A value has no pointers: thousands of them are moved about in every part of a capture.
type value struct {
	hash  uint64
	count int64
	typ   jsonType
	shown bool // its text may be
}

// add counts a value. text is called if it has not been met before, and nil if it must not be shown.
func (v *values) add(hash uint64, typ jsonType, text func() (string, bool)) {
	at, known, room := v.find(hash)
	switch {
	case known:
		v.kept[at].count++
	case room:
		one := value{hash: hash, count: 1, typ: typ}
		shown := ""
		if text != nil {
			shown, one.shown = text()
		}
		v.insert(at, one, shown)
	}
}

// find is where a hash is kept or belongs; no room is where it is beyond those that are kept.
func (v *values) find(hash uint64) (at int, known, room bool) {
	n := len(v.kept)
	if n == maxValues && hash > v.kept[n-1].hash {
		v.more = true
		return n, false, false
	}
	low, high := 0, n
	for low < high {
		if middle := (low + high) / 2; v.kept[middle].hash < hash {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, low < n && v.kept[low].hash == hash, true
}

func (v *values) insert(at int, one value, text string) {
	if len(v.kept) == maxValues {
		v.more = true
		delete(v.texts, v.kept[maxValues-1].hash)
		v.kept = v.kept[:maxValues-1]
	}
	v.kept = slices.Insert(v.kept, at, one)
	if one.shown {
		if v.texts == nil {
			v.texts = map[uint64]string{}
		}
		v.texts[one.hash] = text
	}
}

func (v *values) merge(o *values) {
	v.more = v.more || o.more
	for _, one := range o.kept {
		at, known, room := v.find(one.hash)
		switch {
		case known:
			v.kept[at].count += one.count
		case room:
			v.insert(at, one, o.texts[one.hash])
		default:
			return // nor is there any for those behind it
		}
	}
}

// distinct is how many values there are, to two digits where that is an estimate.
func (v *values) distinct() int64 {
	n := len(v.kept)
	if !v.more || n == 0 {
		return int64(n)
	}
	// The hashes lie evenly, so the last of n kept ones is n/N of the way.
	part := float64(v.kept[n-1].hash) / math.MaxUint64
	guess := float64(n-1) / part
	step := math.Pow(10, math.Floor(math.Log10(guess))-1)
	return int64(math.Round(guess/step) * step)
}

// hashOf is the same in every run, and spreads evenly. It is never one of the first, which are those of documented values.
func hashOf(seed uint64, b []byte) uint64 {
	const k0, k1 = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
	h := seed ^ uint64(len(b))*k0
	for ; len(b) >= 8; b = b[8:] {
		h = mix(h^binary.LittleEndian.Uint64(b), k1)
	}
	var tail uint64
	for i, c := range b {
		tail |= uint64(c) << (8 * i)
	}
	return max(mix(mix(h^tail, k0), k1), firstHash)
}

// firstHash is the first hash that is not that of a documented value.
const firstHash = 1 << 10

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0xA0761D6478BD642F, b)
	return hi ^ lo
}

// orders tells apart the orders in which the names of an object stand. Of too many it keeps those with the smallest hashes.
type orders struct {
	kept []order // by hash
}

type order struct {
	hash  uint64
	count int64
	names []string
	cut   bool // there are more names
}

func (o *orders) find(hash uint64) (int, bool) {
	return slices.BinarySearchFunc(o.kept, hash, func(a order, hash uint64) int { return cmp.Compare(a.hash, hash) })
}

func (o *orders) add(one order) {
	at, known := o.find(one.hash)
	switch {
	case known:
		o.kept[at].count += one.count
	case at < maxOrders:
		o.kept = o.kept[:min(len(o.kept), maxOrders-1)]
		o.kept = slices.Insert(o.kept, at, one)
	}
}

func (o *orders) merge(other *orders) {
	for _, one := range other.kept {
		o.add(one)
	}
}
