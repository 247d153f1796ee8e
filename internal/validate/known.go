package validate

import (
	"math/bits"
	"slices"

	"github.com/relaycheck/relaycheck/schema"
)

// A mask is a set of editions: bit i is the i-th of schema.Editions.
type mask uint32

var (
	editions = schema.Editions()
	every    = mask(1)<<len(editions) - 1

	withTime = maskWhere(schema.Edition.HasEventTime)

	// named has the events that some edition names, and which do.
	named = func() map[string]mask {
		m := map[string]mask{}
		for _, event := range schema.Events() {
			if by := maskWhere(func(e schema.Edition) bool { return e.Names(event) }); by != 0 {
				m[event] = by
			}
		}
		return m
	}()
)

func maskWhere(has func(schema.Edition) bool) (m mask) {
	for i, e := range editions {
		if has(e) {
			m |= 1 << i
		}
	}
	return m
}

func maskOf(list []schema.Edition) (m mask) {
	return maskWhere(func(e schema.Edition) bool { return slices.Contains(list, e) })
}

// oldest is the first edition of a set; "" of an empty one.
func (m mask) oldest() schema.Edition {
	if i := bits.TrailingZeros32(uint32(m)); i < len(editions) {
		return editions[i]
	}
	return ""
}

// rare reports whether some editions name an event and others do not.
func rare(event string) bool {
	by := named[event]
	return by != 0 && by != every
}

// acquainted are the editions that a callback is held against: those that know its event and, if it carries one, its
// event_time. What no edition knows leaves none out.
func acquainted(event string, timed bool) mask {
	m := every
	if by := named[event]; by != 0 {
		m = by
	}
	if timed && m&withTime != 0 {
		m &= withTime
	}
	return m
}
