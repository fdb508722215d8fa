package dev.weir.core.mysql;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the bytes of a result hang on, besides the data: who asks and in which schema, where the statement goes,
 * what the client has agreed on, what its session has set, and the statement as it is sent. Two statements with equal keys
 * would be answered by the same bytes. Immutable.
 *
 * <p>ProxySQL's key is a hash of user, password, schema and text, and nothing is compared: there a client can get a result
 * in another's character set, and with bad luck that of another statement.
 */
final class CacheKey {
  /** What a key takes of the heap besides its text. */
  static final int OBJECTS = 120;

  private final String user;
  private final String schema;
  private final int hostgroup;
  private final long capabilities;
  private final int status;
  private final SessionVariables variables;
  private final byte[] command;
  private final int hash;

  /**
   * @param capabilities of those agreed on, those that show in a result
   * @param status flags that results repeat
   * @param command the statement as the server would get it; not to be written to any more
   * @param commandHash of those bytes, by a seed
   */
  CacheKey(String user, String schema, int hostgroup, long capabilities, int status,
      SessionVariables variables, byte[] command, long commandHash) {
    this.user = user;
    this.schema = schema;
    this.hostgroup = hostgroup;
    this.capabilities = capabilities;
    this.status = status;
    this.variables = variables;
    this.command = command;
    int h = Long.hashCode(commandHash);
    h = h * 31 + user.hashCode();
    h = h * 31 + schema.hashCode();
    h = h * 31 + hostgroup;
    h = h * 31 + Long.hashCode(capabilities);
    this.hash = h * 31 + status;
  }

  /** Flags of {@link dev.weir.mysql.packet.ServerStatus} that a result under this key has. */
  int status() {
    return status;
  }

  /** About what it takes of the heap. */
  int weight() {
    return OBJECTS + command.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CacheKey that && hash == that.hash && hostgroup == that.hostgroup
        && capabilities == that.capabilities && status == that.status && user.equals(that.user)
        && schema.equals(that.schema) && Arrays.equals(command, that.command)
        && variables.equals(that.variables);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
