package dev.weir.core.config;

import java.net.InetAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A line of the HBA file.
 *
 * @param line where it stands, from 1
 * @param network addresses it is for; null for every address and for {@code local}
 * @param options what follows the method, for {@link HbaMethod#LDAP}; else empty
 * @param map name of the ident map; null for none
 */
public record HbaRule(int line, Type type, Names databases, Names users, @Nullable Network network,
    HbaMethod method, String options, @Nullable String map) {
  /** The first word of the line. */
  public enum Type implements Spelled {
    LOCAL("local"), HOST("host"), HOSTSSL("hostssl"), HOSTNOSSL("hostnossl");

    private final String spelling;

    Type(String spelling) {
      this.spelling = spelling;
    }

    @Override
    public String spelling() {
      return spelling;
    }
  }

  /** A field of names. {@code same} is the keyword sameuser: the name equals that of the other field. */
  public record Names(boolean all, boolean same, boolean replication, Set<String> names) {
    public Names {
      names = Set.copyOf(names);
    }

    boolean matches(String name, String other) {
      return all || (same && name.equals(other)) || names.contains(name);
    }
  }

  /** Addresses that agree with {@code base} in the bits of {@code mask}; both have 4 or 16 bytes. */
  static final class Network {
    private final byte[] base;
    private final byte[] mask;

    Network(byte[] address, byte[] mask) {
      base = address.clone();
      this.mask = mask.clone();
      for (int i = 0; i < base.length; i++) {
        base[i] &= mask[i];
      }
    }

    boolean contains(byte[] address) {
      if (address.length != base.length) {
        return false;
      }
      for (int i = 0; i < base.length; i++) {
        if ((address[i] & mask[i]) != base[i]) {
          return false;
        }
      }
      return true;
    }
  }

  boolean matches(HbaQuestion question) {
    return matchesConnection(question.via(), question.address()) && matchesDatabase(question)
        && users.matches(question.user(), question.database());
  }

  private boolean matchesConnection(HbaQuestion.Via via, @Nullable InetAddress address) {
    boolean kind = switch (type) {
      case LOCAL -> via == HbaQuestion.Via.LOCAL;
      case HOST -> via != HbaQuestion.Via.LOCAL;
      case HOSTSSL -> via == HbaQuestion.Via.TLS;
      case HOSTNOSSL -> via == HbaQuestion.Via.PLAIN;
    };
    return kind && (network == null || (address != null && network.contains(address.getAddress())));
  }

  private boolean matchesDatabase(HbaQuestion question) {
    return question.replication() == HbaQuestion.Replication.PHYSICAL
        ? databases.replication()
        : databases.matches(question.database(), question.user());
  }
}
