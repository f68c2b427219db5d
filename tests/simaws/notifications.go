package simaws

import (
	"encoding/xml"
	"net/http"
)

// notifications is a bucket's notification configuration: of its receivers there is EventBridge.
type notifications struct {
	XMLName     xml.Name   `xml:"NotificationConfiguration"`
	EventBridge *struct{}  `xml:"EventBridgeConfiguration"`
	Others      []receiver `xml:",any"`
}

type receiver struct{ XMLName xml.Name }

func (b bucket) notifiesEventBridge() bool { return b.notifications.EventBridge != nil }

// bucketNotification answers the calls on a bucket's notification configuration, which moto reads back without EventBridge. A new
// configuration takes the place of the old one, whole.
func (c *Cloud) bucketNotification(w http.ResponseWriter, k *call, at bucket) error {
	if k.r.Method != http.MethodPut {
		writeXML(w, http.StatusOK, at.notifications)
		return nil
	}
	var in notifications
	if err := xml.Unmarshal(k.body, &in); err != nil {
		return badRequest("MalformedXML", "%v", err)
	}
	if len(in.Others) > 0 {
		return badRequest("InvalidArgument", "%s is not simulated", in.Others[0].XMLName.Local)
	}
	c.buckets.change(k.bucket, func(b *bucket) { b.notifications = in })
	w.WriteHeader(http.StatusOK)
	return nil
}
