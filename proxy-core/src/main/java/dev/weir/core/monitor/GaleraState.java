package dev.weir.core.monitor;

/**
 * What a Galera node says of itself.
 *
 * @param localState 1 joining, 2 donor or desynced, 3 joined, 4 synced
 * @param receiveQueue write sets that wait to be applied
 * @param rejectsQueries wsrep_reject_queries is not NONE
 * @param primary the node's component has the quorum
 * @param inMaintenance pxc_maint_mode is not DISABLED
 */
public record GaleraState(int localState, boolean readOnly, long receiveQueue, boolean desynced,
    boolean rejectsQueries, boolean donorRejectsQueries, boolean primary,
    boolean inMaintenance) {
  public static final GaleraState SYNCED = new GaleraState(4, false, 0, false, false, false, true,
      false);
}
