package report

import (
	"fmt"
	"net/http"
	"net/url"
)

// sameRefusal says what to look at first where every single answer was the same refusal by the server itself: the callbacks
// did not reach the receiver's code at all. It is "" where that is not so.
func sameRefusal(run Run) string {
	status := 0
	for _, p := range run.Plays {
		for _, d := range p.Input.Transcript.Deliveries {
			for _, a := range d.Attempts {
				switch {
				case a.Answer == nil:
				case status == 0:
					status = a.Answer.Status
				case status != a.Answer.Status:
					return ""
				}
			}
		}
	}
	path := run.Target.URL
	if u, err := url.Parse(path); err == nil && u.Path != "" {
		path = u.Path
	}
	switch status {
	case http.StatusNotFound:
		return fmt.Sprintf("Every callback was answered 404: is %s the right path?", path)
	case http.StatusMethodNotAllowed:
		return fmt.Sprintf("Every callback was answered 405: does %s take POST, and is it the right path?", path)
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Sprintf("Every callback was answered %d: if the receiver wants credentials or a sign, give them in the target file (headers, signing).", status)
	default:
		return ""
	}
}
