package dev.weir.core.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Authentication of clients. */
public final class AuthSettings {
  public static final Setting<AuthType> AUTH_TYPE = Setting.oneOf("auth_type", AuthType.class)
      .defaultsTo("md5")
      .doc("How clients prove who they are.");

  public static final Setting<@Nullable String> AUTH_FILE = Setting.text("auth_file").unset()
      .doc("File with user names and secrets; read again by RELOAD when it has changed.");

  public static final Setting<String> AUTH_HBA_FILE = Setting.text("auth_hba_file").defaultsTo("")
      .doc("File with host-based rules; used with auth_type = hba.");

  public static final Setting<@Nullable String> AUTH_IDENT_FILE = Setting.text("auth_ident_file")
      .unset()
      .doc("File with maps of system users to database users, for the rules of auth_hba_file.");

  public static final Setting<@Nullable String> AUTH_LDAP_OPTIONS = Setting
      .text("auth_ldap_options").unset().secret()
      .doc("Options of the directory for auth_type = ldap.");

  public static final Setting<@Nullable String> AUTH_USER = Setting.text("auth_user").unset()
      .doc("User that runs auth_query for users not in auth_file.");

  public static final Setting<String> AUTH_QUERY = Setting.text("auth_query").defaultsTo(
      "SELECT rolname, CASE WHEN rolvaliduntil < now() THEN NULL ELSE rolpassword END FROM pg_authid WHERE rolname=$1 AND rolcanlogin")
      .doc("Query that finds the secret of a user; it returns the user name and the secret.");

  public static final Setting<@Nullable String> AUTH_DBNAME = Setting.text("auth_dbname").unset()
      .doc("Database entry where auth_query runs; unset is the client's own.");

  public static final Setting<Integer> SCRAM_ITERATIONS = Setting
      .whole("scram_iterations", 1, Integer.MAX_VALUE).defaultsTo("4096")
      .doc("Iterations of SCRAM verifiers made from plain secrets.");

  /** All of them, in the order of the manual. */
  static final List<Setting<?>> ALL = List.of(
      AUTH_TYPE, AUTH_FILE, AUTH_HBA_FILE, AUTH_IDENT_FILE, AUTH_LDAP_OPTIONS, AUTH_USER,
      AUTH_QUERY, AUTH_DBNAME, SCRAM_ITERATIONS);

  private AuthSettings() {}
}
