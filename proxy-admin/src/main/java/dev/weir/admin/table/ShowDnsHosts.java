package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.DnsView;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW DNS_HOSTS}. */
record ShowDnsHosts(ProxyView view) implements ShowTable<DnsView> {
  private static final Columns<DnsView> COLUMNS = Columns.<DnsView>of()
      .text("hostname", "The name.", DnsView::hostName)
      .big("ttl", "Seconds until it is asked for again.", DnsView::ttlSeconds)
      .text("addrs", "Its addresses, separated by commas.",
          host -> String.join(",", host.addresses()));

  @Override
  public String name() {
    return "DNS_HOSTS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "Host names in the DNS cache.";
  }

  @Override
  public Columns<DnsView> columns() {
    return COLUMNS;
  }

  @Override
  public List<DnsView> rows() {
    return view.dnsHosts();
  }
}
