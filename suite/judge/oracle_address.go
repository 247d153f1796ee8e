package judge

import "slices"

// allowAddress covers what says where a task pulls from and pushes to: stream_id, to_url and source_urls, verbatim.
// Each may be missing from any event (the documented TaskExit sample has only source_urls), so what one event does
// not say another may have said. Where events differ, each of their values is sensible.
func (a *account) allowAddress(fact string) allowed {
	var values []any
	certain, garbled, odd := false, false, false
	var from string
	a.each(func(t *told, c callback) {
		odd = odd || c.odd[fact]
		v, ok := address(fact, c)
		if !ok {
			return
		}
		garbled = garbled || c.garbled
		// Events whose content is documented nowhere need not be read for their addresses.
		if t.sure && c.counts() && !certain {
			certain = true
			from = t.event.ID
		}
		if !slices.ContainsFunc(values, func(w any) bool { return compact(v) == compact(w) }) {
			values = append(values, v)
		}
	})
	switch {
	case garbled:
		return free("what a receiver makes of NUL and of bytes that are no UTF-8 is its own affair")
	case odd:
		return free("%s came in a form that is not documented", fact)
	case len(a.told) > 0 && len(values) == 0:
		return free("no callback told the %s of this task", fact)
	case len(a.told) > 0 && !a.established():
		return free("no TaskStart was acknowledged")
	}
	kind := asText
	if fact == "source_urls" {
		kind = asList
	}
	why := "no callback told of this task"
	if certain {
		why = from + " says so"
	}
	return allowScalars(kind, values, !certain, why)
}

func address(fact string, c callback) (any, bool) {
	switch fact {
	case "stream_id":
		if c.streamID != nil {
			return *c.streamID, true
		}
	case "to_url":
		if c.toURL != nil {
			return *c.toURL, true
		}
	case "source_urls":
		if len(c.sources) > 0 {
			list := make([]any, len(c.sources))
			for i, u := range c.sources {
				list[i] = u
			}
			return list, true
		}
	}
	return nil, false
}
