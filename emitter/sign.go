package emitter

import (
	"crypto/md5"
	"encoding/hex"
	"strconv"
	"time"
)

// SignatureValidity is how long after an event its signature expires: the documented default ("How to Receive
// Event Notification", every edition).
const SignatureValidity = 10 * time.Minute

// Signature is sign of the callback key and t: the lower-case hex MD5 of the key followed by t in decimal. It
// says nothing about the body.
func Signature(key string, t int64) string {
	sum := md5.Sum(strconv.AppendInt([]byte(key), t, 10))
	return hex.EncodeToString(sum[:])
}

// Sign sets t, the moment the signature expires in seconds since 1970, and sign. The sibling callbacks document
// both; no edition shows them in a relay callback, and whether CSS ever signs one is not known. The vendor's keys
// are up to 32 letters and digits; any key is taken here.
func (c *Callback) Sign(key string, expires time.Time) {
	t := expires.Unix()
	c.put("t", integer(t))
	c.put("sign", text(Signature(key, t)))
}
