/** What to add to an inventory that has no endpoint; commands show it. */
export const ENDPOINT_SNIPPET = `all:
  children:
    load_balancers:
      vars:
        endpoint:
          address: 10.0.0.10      # the virtual IP, an unused address of the hosts' subnet
          backends: masters       # the group of the API servers, or a list of { name, address }
      hosts:
        lb1: { ansible_host: 10.0.0.11 }
        lb2: { ansible_host: 10.0.0.12 }
    masters:
      hosts:
        m1: { ansible_host: 10.0.0.21 }
        m2: { ansible_host: 10.0.0.22 }
        m3: { ansible_host: 10.0.0.23 }
`;
