package schema

// outer reads the value of an outer key.
func (f *fieldScan) outer(b, key []byte, i int) (end, bit int) {
	bit = outerOf(key)
	switch bit {
	case kAppid, kAppID:
		end, plain := wholeAt(b, i)
		f.fixed = f.fixed || !plain
		f.part(i, end, partWhole)
		return end, bit
	case kEventType:
		end, _ := wholeAt(b, i)
		if end < 0 || string(b[i:min(i+3, len(b))]) != "314" || end > i+3 && b[i+3] != '.' {
			return -1, bit
		}
		return end, bit
	case kMsg:
		return f.takeMsg(b, i), bit
	case kURLs:
		return f.takeURLs(b, i), bit
	case kEvent, kEventTime, kInterface, kProduct, kCallbackURL, kStream, kTask, kToURL:
	default:
		return -1, 0
	}
	start, stop, end, escaped := textAt(b, i)
	if end < 0 {
		return -1, bit
	}
	switch bit {
	case kEvent:
		f.event, f.eventCoded = [2]int{start, stop}, escaped
	case kEventTime:
		if !isDigits(b[start:stop]) { // a number is seen in no table and no sample
			return -1, bit
		}
		f.part(start, stop, partDigits)
	case kInterface, kProduct: // constants in every sample: a shape keeps them to the letter
		if v := string(b[start:stop]); v != "general_callback" && v != "pullpush" {
			f.part(start, stop, partText)
		}
	default:
		f.part(start, stop, partText)
	}
	return end, bit
}

// takeMsg decodes msg, which is read when the event is known.
func (f *fieldScan) takeMsg(b []byte, i int) (end int) {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	if f.text, end = readText(f.text[:0], b, i+1); end < 0 {
		return -1
	}
	f.msg = [2]int{i + 1, end}
	return end + 1
}

// takeURLs notes where source_urls stands, and whether there is nothing in it to decode, since it is written as senders do.
func (f *fieldScan) takeURLs(b []byte, i int) (end int) {
	if i < len(b) && b[i] == '"' {
		if stop := urlsEnd(b, i+1); stop >= 0 {
			f.urls, f.usual = [2]int{i + 1, stop}, true
			return stop + 1
		}
	}
	start, stop, end, _ := textAt(b, i)
	f.urls, f.usual = [2]int{start, stop}, false
	return end
}

// readMsg reads what msg holds: the event's members, all of them and no others.
func (f *fieldScan) readMsg() bool {
	first := f.n
	seen, end := f.members(f.text, skipSpace(f.text, 0), f.inner)
	if end < 0 || skipSpace(f.text, end) != len(f.text) || seen != fastMsgKeys[f.form.event] {
		return false
	}
	f.inMsg = [2]int{first, f.n}
	return true
}

// placed are the variable parts with their places in the body: those of msg were met in the decoded text.
func (f *fieldScan) placed(body []byte) []varPart {
	raw := body[f.msg[0]:f.msg[1]]
	for k := f.inMsg[0]; k < f.inMsg[1]; k++ {
		p := &f.parts[k]
		p.start, p.end = f.msg[0]+rawOffset(raw, p.start), f.msg[0]+rawOffset(raw, p.end)
	}
	f.inMsg = [2]int{}
	return f.parts[:f.n]
}

// inner reads the value of a member of msg.
func (f *fieldScan) inner(b, key []byte, i int) (end, bit int) {
	bit = memberOf(key)
	switch bit {
	case mTaskStart, mTaskExit, mDuration:
		return f.number(b, i), bit
	case mURL, mMessage:
		start, stop, end, _ := textAt(b, i)
		if end >= 0 {
			f.part(start, stop, partInner)
		}
		return end, bit
	case mType:
		start, stop, end, _ := textAt(b, i)
		if end < 0 || !isAlarmType(b[start:stop]) {
			return -1, bit
		}
		return end, bit // a shape keeps it to the letter
	case mIndex, mCode:
		start, stop, end, _ := textAt(b, i)
		switch {
		case end >= 0 && bit == mIndex && isDigits(b[start:stop]):
			f.part(start, stop, partInnerDigits)
		case end >= 0 && bit == mCode && isSigned(b[start:stop]):
			f.part(start, stop, partInnerSigned)
		case end >= 0:
			return -1, bit
		case bit == mCode && i < len(b) && b[i] == '-':
			f.part(i, i+1, partMinus)
			end = f.number(b, i+1)
		case bit == mCode:
			f.part(i, i, partMinus)
			end = f.number(b, i)
		default:
			end = f.number(b, i)
		}
		return end, bit
	}
	return -1, 0
}

// number reads a whole number.
func (f *fieldScan) number(b []byte, i int) int {
	end, plain := wholeAt(b, i)
	if end < 0 {
		return -1
	}
	f.fixed = f.fixed || !plain
	f.part(i, end, partWhole)
	return end
}

// rawOffset is where in the raw content of a string byte n of the decoded content stands.
func rawOffset(raw []byte, n int) int {
	i := 0
	for at := 0; at < n && i < len(raw); {
		if raw[i] != '\\' {
			i, at = i+1, at+1
			continue
		}
		next := escapeEnd(raw, i)
		if next < 0 {
			return len(raw)
		}
		var space [12 + 8]byte
		at += len(decodeText(space[:0], raw[i:next]))
		i = next
	}
	return i
}
