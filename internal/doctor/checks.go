package doctor

// Checks is the chain, in the order in which data and rights go through it: from billing to the table, from the pod to the table, and
// what Kubecost makes of it.
var Checks = []Check{
	reportDefinition, bucketPolicy, delivery, table, results, workGroup, payerRole,
	oidcProvider, readerRole, readerSession, payerSession, realQuery,
	secret, serviceAccount, pods, release, ingestion,
}
