// Package simaws is a simulated AWS of many accounts and regions, reached as the real one is: through the hosts of its
// APIs, over TLS, with an access key.
//
// Start runs moto, which keeps most of the state, and a proxy that ends the TLS of every host with a certificate of a
// CA of its own. A program gets there by HTTPS_PROXY and AWS_CA_BUNDLE, and needs no other change. In front of moto
// this package decides who a caller is and what that caller may do, and answers what moto does not have: STS, the Cost
// and Usage Report API, cost allocation tags, Lake Formation's grants, Athena's work groups and executions, Glue's crawlers
// and what starts them, the endpoint of EKS clusters that really answer.
//
// Decisions on policies are made by the npm package @cloud-copilot/iam-simulate, which runs as a process of its own.
// The administrators that AddAccount makes may do all in their account; sessions of roles are held to the role's
// policies, to the policies of buckets, keys and trust, across accounts too, and in accounts that use Lake Formation to
// its grants.
//
// What differs from AWS: the signatures of requests are not verified (an access key must be known, and the session
// token of a session must match and not be expired; the signature of an EKS token is verified); no service control
// policies, permission boundaries or session policies are evaluated; nothing is encrypted, but who needs which key is known.
package simaws
