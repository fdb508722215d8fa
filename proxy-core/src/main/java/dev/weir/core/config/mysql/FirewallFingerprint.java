package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fingerprint of libinjection that is no attack. */
public record FirewallFingerprint(boolean active, String fingerprint) {

  static FirewallFingerprint of(RowValues row) {
    return new FirewallFingerprint(row.flag("active"), row.text("fingerprint"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(active, fingerprint);
  }
}
