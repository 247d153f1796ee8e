package judge

import "bytes"

// longestText is the length, in bytes, beyond which a text within a body is cut short before the body is decoded. Nothing that
// is compared is as long; what is, pads a body to its size, and to decode ten megabytes of padding again and again would
// cost more than all the rest of a run.
const longestText = 256 << 10

// slim cuts over-long texts out of a JSON body. What is left decodes, or fails to, as the whole would: only texts
// that need no look into them are cut, those without escapes and control characters.
func slim(body []byte) []byte {
	if len(body) <= longestText {
		return body
	}
	var out []byte
	kept := 0 // up to here the body is in out
	for at := 0; ; {
		open := bytes.IndexByte(body[at:], '"')
		if open < 0 {
			break
		}
		open += at + 1
		end := closing(body, open)
		if end < 0 {
			break
		}
		if text := body[open:end]; len(text) > longestText && plainText(text) {
			out = append(out, body[kept:open+longestText]...)
			kept = end
		}
		at = end + 1
	}
	if kept == 0 {
		return body
	}
	return append(out, body[kept:]...)
}

// closing finds the quote that ends the text that begins at open; -1 if there is none.
func closing(body []byte, open int) int {
	for at := open; ; {
		quote := bytes.IndexByte(body[at:], '"')
		if quote < 0 {
			return -1
		}
		quote += at
		slashes := 0
		for quote-1-slashes >= open && body[quote-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return quote
		}
		at = quote + 1
	}
}

// plainText says whether a text is printable ASCII without escapes, so that it may be cut anywhere.
func plainText(text []byte) bool {
	for _, c := range text {
		if c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	return true
}
