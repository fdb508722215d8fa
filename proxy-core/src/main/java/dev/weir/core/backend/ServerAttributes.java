package dev.weir.core.backend;

/**
 * What the operator says about a server in a hostgroup.
 *
 * @param gtidPort of the daemon that tells executed transactions; 0 for none
 * @param weight share of the hostgroup's use; 0 for none
 * @param maxReplicationLagSeconds above which it is not used; 0 for no check
 * @param maxLatencyMs ping time above which it is not used; 0 for the general one
 */
public record ServerAttributes(int gtidPort, int weight, boolean compression, int maxConnections,
    int maxReplicationLagSeconds, boolean useSsl, int maxLatencyMs, String comment) {
  public static final ServerAttributes DEFAULTS = new ServerAttributes(0, 1, false, 1000, 0, false,
      0, "");

  public ServerAttributes withWeight(int newWeight) {
    return new ServerAttributes(gtidPort, newWeight, compression, maxConnections,
        maxReplicationLagSeconds, useSsl, maxLatencyMs, comment);
  }

  public ServerAttributes withMaxReplicationLagSeconds(int seconds) {
    return new ServerAttributes(gtidPort, weight, compression, maxConnections, seconds, useSsl,
        maxLatencyMs, comment);
  }
}
