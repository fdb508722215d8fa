package dev.weir.core.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The users and secrets of {@code auth_file}. A line is {@code "user" "secret"} and anything after it; two quotes inside
 * quotes mean one; {@code ;} starts a comment line. A user that is no longer in the file is unknown. Immutable.
 */
public final class AuthFile {
  static final AuthFile NONE = new AuthFile(null, null, Map.of(), List.of());

  private final @Nullable Path path;
  private final @Nullable Fingerprint fingerprint;
  private final Map<String, String> secrets;
  private final List<String> warnings;

  /** What must be unchanged for a parse to be used again: device, inode, mode, owner, group, time and size. */
  private record Fingerprint(Map<String, Object> attributes) {
    private static final String UNIX = "unix:dev,ino,mode,uid,gid,lastModifiedTime,size";

    static Fingerprint of(Path path) throws IOException {
      boolean unix = path.getFileSystem().supportedFileAttributeViews().contains("unix");
      return new Fingerprint(
          Files.readAttributes(path, unix ? UNIX : "lastModifiedTime,size,fileKey"));
    }
  }

  private AuthFile(@Nullable Path path, @Nullable Fingerprint fingerprint,
      Map<String, String> secrets,
      List<String> warnings) {
    this.path = path;
    this.fingerprint = fingerprint;
    this.secrets = Collections.unmodifiableMap(secrets);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Reads the file, or answers {@code previous} when that is what the file still holds. A file that cannot be read
   * leaves the previous users of the same file in force, and none at first; the warnings say so.
   */
  static AuthFile read(Path path, @Nullable AuthFile previous) {
    AuthFile before = previous != null && path.equals(previous.path) ? previous : null;
    try {
      Fingerprint now = Fingerprint.of(path);
      if (before != null && now.equals(before.fingerprint)) {
        return before;
      }
      Parser parser = new Parser(path, TextFiles.bytes(path, TextFiles.MAX_BYTES));
      parser.run();
      return new AuthFile(path, now, parser.secrets, parser.warnings);
    } catch (IOException e) {
      String warning = "could not open auth_file " + path + ": " + TextFiles.reason(e);
      // no fingerprint: the next reload tries again
      return new AuthFile(path, null, before == null ? Map.of() : before.secrets, List.of(warning));
    }
  }

  /** Reads the text of a userlist; for tests. */
  static AuthFile parse(byte[] bytes) {
    Parser parser = new Parser(Path.of("userlist.txt"), bytes);
    parser.run();
    return new AuthFile(null, null, parser.secrets, parser.warnings);
  }

  /** The secret as the file has it, possibly empty; null when the user is not in the file. */
  public @Nullable String secretOf(String user) {
    return secrets.get(user);
  }

  /** The users, in the order of the file. */
  public Set<String> users() {
    return secrets.keySet();
  }

  /** Secrets by user. */
  Map<String, String> secrets() {
    return secrets;
  }

  /** What was wrong with the file, one line each. */
  List<String> warnings() {
    return warnings;
  }

  /** Works on one character per byte, so that names and secrets are decoded one by one. */
  private static final class Parser {
    private final Path path;
    private final String text;
    private final Map<String, String> secrets = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private int at;

    Parser(Path path, byte[] bytes) {
      this.path = path;
      text = new String(bytes, StandardCharsets.ISO_8859_1);
    }

    void run() {
      while (skipSpace()) {
        char first = text.charAt(at);
        if (first == '"') {
          if (!entry()) {
            return;
          }
        } else if (first != ';') {
          warn("broken auth file");
          return;
        }
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      }
    }

    /** Answers false when the rest of the file cannot be trusted. */
    private boolean entry() {
      String user = quoted();
      int secretStart = user == null ? -1 : text.indexOf('"', at);
      if (user == null || secretStart < 0) {
        warn("broken auth file");
        return false;
      }
      at = secretStart;
      String secret = quoted();
      if (secret == null) {
        warn("broken auth file");
        return false;
      }
      if (user.length() > EntryReader.MAX_USER_NAME) {
        warn("username too long in auth file");
        return false;
      }
      if (secret.length() > EntryReader.MAX_PASSWORD) {
        warn("password too long in auth file");
        return false;
      }
      try {
        secrets.put(decoded(user), decoded(secret));
      } catch (CharacterCodingException e) {
        warn("user name or secret is not UTF-8, user left out");
      }
      return true;
    }

    /** Reads from a quote to its partner; null when there is none. Counts in bytes, as the limits do. */
    private @Nullable String quoted() {
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c != '"') {
          value.append(c);
        } else if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
          value.append(c);
          at++;
        } else {
          at++;
          return value.toString();
        }
      }
      return null;
    }

    private static String decoded(String bytes) throws CharacterCodingException {
      return TextFiles.utf8(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private boolean skipSpace() {
      while (at < text.length()
          && (text.charAt(at) == ' ' || (text.charAt(at) >= '\t' && text.charAt(at) <= '\r'))) {
        at++;
      }
      return at < text.length();
    }

    private void warn(String what) {
      long line = 1
          + text.substring(0, Math.min(at, text.length())).chars().filter(c -> c == '\n').count();
      warnings.add(what + " (" + path + ":" + line + ")");
    }
  }
}
