package dev.weir.core.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Addresses and networks (CIDR) between commas, IPv4 and IPv6; {@code *} is every address. Immutable. */
public final class Networks {
  public static final Networks NONE = new Networks(false, List.of());
  private static final int V4_BITS = 32;
  private static final int V6_BITS = 128;

  private final boolean all;
  private final List<HbaRule.Network> networks;

  private Networks(boolean all, List<HbaRule.Network> networks) {
    this.all = all;
    this.networks = List.copyOf(networks);
  }

  /** Null when a part of the text is neither an address nor a network. */
  public static @Nullable Networks parse(String text) {
    if (text.isBlank()) {
      return NONE;
    }
    boolean all = false;
    List<HbaRule.Network> networks = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String one = part.strip();
      HbaRule.Network network = one.equals("*") ? null : network(one);
      if (network != null) {
        networks.add(network);
      } else if (one.equals("*")) {
        all = true;
      } else {
        return null;
      }
    }
    return new Networks(all, networks);
  }

  private static HbaRule.@Nullable Network network(String text) {
    int slash = text.indexOf('/');
    byte[] address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return null;
    }
    int most = address.length * Byte.SIZE == V4_BITS ? V4_BITS : V6_BITS;
    String bits = slash < 0 ? Integer.toString(most) : text.substring(slash + 1);
    if (!bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > most) {
      return null;
    }
    byte[] mask = new byte[address.length];
    for (int i = 0; i < Integer.parseInt(bits); i++) {
      mask[i / Byte.SIZE] |= (byte) (0x80 >> (i % Byte.SIZE));
    }
    return new HbaRule.Network(address, mask);
  }

  public boolean isEmpty() {
    return !all && networks.isEmpty();
  }

  /** @param host an address as text; what is none, as the peer of a Unix socket, is only in {@code *} */
  public boolean contains(String host) {
    if (all) {
      return true;
    }
    byte[] address = networks.isEmpty() ? null : IpAddress.parse(host);
    return address != null && networks.stream().anyMatch(network -> network.contains(address));
  }
}
