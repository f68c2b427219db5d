module github.com/kubecost-cur/kubecost-cur/tests/parts/awsprovider

go 1.26
