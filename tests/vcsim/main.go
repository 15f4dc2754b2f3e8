// A stand-in of a vCenter for tests, on govmomi's simulator: a store of machines, hosts and rules that
// speaks vim25 over TLS. It moves nothing and checks nothing by itself; what a vCenter is expected to
// refuse, and the simulator does not, is added here:
//
//   - -deny: whoever writes lacks the privilege
//   - a rule is changed by its key, not by its name
//   - a rule is about machines that exist
//
// How such a refusal looks is our reading of the API, not something that a vCenter was seen to say.
// Build with Debian's golang-go and golang-github-vmware-govmomi-dev, without a module proxy:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode CGO_ENABLED=0 go build -o vcsim ./tests/vcsim
//
// The first line on stdout is HOST:PORT. It ends when stdin is closed.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

var (
	hosts    = flag.Int("hosts", 3, "physical hosts of the cluster")
	vms      = flag.Int("vms", 4, "machines of the cluster")
	drs      = flag.Bool("drs", true, "whether the cluster follows rules")
	behavior = flag.String("behavior", "fullyAutomated", "what the cluster does by itself")
	deny     = flag.Bool("deny", false, "refuse writes for want of a privilege")
	user     = flag.String("user", "deploy@vsphere.local", "who may log in")
	password = flag.String("password", "", "with which password")
	cert     = flag.String("cert", "", "PEM file of the certificate")
	key      = flag.String("key", "", "PEM file of its key")
	writes   int64
)

// Embedded by value: the simulator's property collector looks for the managed object in there.
type cluster struct {
	simulator.ClusterComputeResource
}

// Refuses what a vCenter would refuse, and leaves the rest to the simulator.
func (c *cluster) ReconfigureComputeResourceTask(req *types.ReconfigureComputeResource_Task) soap.HasFault {
	atomic.AddInt64(&writes, 1)
	if *deny {
		return refuse(&types.NoPermission{
			SecurityError: types.SecurityError{},
			Object:        c.Self,
			PrivilegeId:   "Host.Inventory.EditCluster",
		})
	}
	// What the real one would do with false is lose every other setting of the cluster.
	if !req.Modify {
		return refuse(&types.InvalidArgument{InvalidProperty: "modify"})
	}
	if spec, ok := req.Spec.(*types.ClusterConfigSpecEx); ok {
		for _, rule := range spec.RulesSpec {
			if fault := c.wrong(rule); fault != nil {
				return refuse(fault)
			}
		}
	}
	return c.ClusterComputeResource.ReconfigureComputeResourceTask(req)
}

func refuse(fault types.BaseMethodFault) soap.HasFault {
	return &methods.ReconfigureComputeResource_TaskBody{Fault_: simulator.Fault("", fault)}
}

func (c *cluster) wrong(spec types.ClusterRuleSpec) types.BaseMethodFault {
	if spec.Info == nil {
		return nil
	}
	info := spec.Info.GetClusterRuleInfo()
	if spec.Operation == types.ArrayUpdateOperationEdit && !c.has(info.Key, info.Name) {
		return &types.InvalidArgument{InvalidProperty: "spec.rulesSpec.info.key"}
	}
	rule, ok := spec.Info.(*types.ClusterAntiAffinityRuleSpec)
	if !ok {
		return nil
	}
	for _, vm := range rule.Vm {
		if simulator.Map.Get(vm) == nil {
			return &types.ManagedObjectNotFound{Obj: vm}
		}
	}
	return nil
}

func (c *cluster) has(key int32, name string) bool {
	for _, rule := range c.ConfigurationEx.(*types.ClusterConfigInfoEx).Rule {
		if have := rule.GetClusterRuleInfo(); have.Key == key && have.Name == name {
			return true
		}
	}
	return false
}

func main() {
	flag.Parse()
	model := simulator.VPX()
	model.Host, model.ClusterHost, model.Machine = 1, *hosts, *vms
	if err := model.Create(); err != nil {
		log.Fatal(err)
	}
	defer model.Remove()
	for _, entity := range simulator.Map.All("ClusterComputeResource") {
		c := entity.(*simulator.ClusterComputeResource)
		config := c.ConfigurationEx.(*types.ClusterConfigInfoEx)
		config.DrsConfig.Enabled = drs
		config.DrsConfig.DefaultVmBehavior = types.DrsBehavior(*behavior)
		simulator.Map.Put(&cluster{*c})
	}
	pair, err := tls.LoadX509KeyPair(*cert, *key)
	if err != nil {
		log.Fatal(err)
	}
	service := model.Service
	service.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	service.Listen = &url.URL{Host: "127.0.0.1:0", User: url.UserPassword(*user, *password)}
	service.ServeMux = http.NewServeMux()
	// How many writes were asked for: what a second run is measured by.
	service.ServeMux.HandleFunc("/writes", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, atomic.LoadInt64(&writes))
	})
	server := service.NewServer()
	defer server.Close()
	fmt.Println(server.URL.Host)
	_, _ = io.Copy(io.Discard, os.Stdin)
}
