package receiver

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// verifySign checks the signature of a callback, as "How to Receive Event Notification" has it: sign is the
// hexadecimal MD5 of the key followed by t, and t is when the signature expires, in Unix seconds. MD5 is CSS's choice.
//
// No edition says that relay callbacks are signed, so an unsigned one passes unless signatures are required. A t alone
// signs nothing, and neither does an empty sign, which a similar product sends where no key is set.
func (r *Receiver) verifySign(outer members, now time.Time) error {
	if r.cfg.Key == "" {
		return nil
	}
	sign, err := r.text("sign", outer["sign"])
	if err != nil {
		return err
	}
	if sign == nil || *sign == "" {
		if r.cfg.Required {
			return refuse(http.StatusForbidden, "the callback is not signed")
		}
		return nil
	}
	// t is a number in today's tables and was a string in older ones. It is signed as it is written.
	t, err := readIdentifier("t", outer["t"])
	if err != nil {
		return err
	}
	expires, ok := wholeNumber(t)
	if !ok || !signedWith(r.cfg.Key, t, *sign) {
		return refuse(http.StatusForbidden, "sign is wrong")
	}
	if now.Unix() > expires {
		return refuse(http.StatusForbidden, "the signature has expired")
	}
	return nil
}

// signedWith says whether sign was made with the key. The samples show lower-case digits; upper-case ones are taken.
func signedWith(key, t, sign string) bool {
	return subtle.ConstantTimeCompare([]byte(digest(key+t)), []byte(strings.ToLower(sign))) == 1
}

// digest is the MD5 of a text in lower-case hexadecimal digits.
func digest(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}
