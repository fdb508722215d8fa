package dev.weir.admin.table;

import dev.weir.core.control.Access;
import java.util.List;

/** {@code SHOW DNS_ZONES}. */
record ShowDnsZones() implements ShowTable<ShowDnsZones.Zone> {
  private static final Columns<ShowDnsZones.Zone> COLUMNS = Columns.<ShowDnsZones.Zone>of()
      .text("zonename", "The zone.", Zone::name)
      .big("serial", "Its serial number.", Zone::serial)
      .count("count", "Names in it.", Zone::hosts);

  @Override
  public String name() {
    return "DNS_ZONES";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "DNS zones whose serial number is watched. Always empty: zones are not polled, as in builds of the original without c-ares.";
  }

  @Override
  public Columns<ShowDnsZones.Zone> columns() {
    return COLUMNS;
  }

  @Override
  public List<ShowDnsZones.Zone> rows() {
    return List.of();
  }

  record Zone(String name, long serial, int hosts) {}
}
