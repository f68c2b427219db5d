module github.com/kubecost-cur/kubecost-cur/tests

go 1.26

require github.com/kubecost-cur/kubecost-cur v0.0.0

replace github.com/kubecost-cur/kubecost-cur => ../
