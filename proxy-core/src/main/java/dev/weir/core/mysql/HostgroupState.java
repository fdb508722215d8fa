package dev.weir.core.mysql;

/** What belongs to a hostgroup and outlives changes of its servers. Thread-safe. */
final class HostgroupState {
  private final ConnectThrottle throttle = new ConnectThrottle();
  private volatile HostgroupRules rules;

  HostgroupState(HostgroupRules rules) {
    this.rules = rules;
  }

  HostgroupRules rules() {
    return rules;
  }

  void rules(HostgroupRules changed) {
    rules = changed;
  }

  ConnectThrottle throttle() {
    return throttle;
  }
}
