package dev.weir.core.config;

import dev.weir.core.config.HbaTokens.Kind;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads HBA and ident files. A bad line is left out with a warning; it never stops the reading. */
final class HbaReader {
  private static final int MAX_DEPTH = 10;
  private static final int MAX_NAMES = 1_000_000;
  private static final int V4_BYTES = 4;

  /** Gives the text of a file named by {@code @file}. */
  interface Source {
    String read(Path file) throws IOException;
  }

  private final Path file;
  private final Source source;
  private final IdentMaps maps;
  private final List<HbaRules.Warning> warnings = new ArrayList<>();
  private int lineNumber;
  private int namesRead;

  private HbaReader(Path file, Source source, IdentMaps maps) {
    this.file = file;
    this.source = source;
    this.maps = maps;
  }

  private static String read(Path file) throws IOException {
    return TextFiles.utf8(TextFiles.bytes(file, TextFiles.MAX_BYTES));
  }

  /** Reads an HBA file; one that cannot be read has no rules, so nobody gets in. */
  static HbaRules rules(Path file, IdentMaps maps) {
    try {
      return rules(file, read(file), maps, HbaReader::read);
    } catch (IOException e) {
      return new HbaRules(List.of(),
          List.of(new HbaRules.Warning(0,
              "could not open hba config file " + file + ": " + TextFiles.reason(e))));
    }
  }

  static HbaRules rules(Path file, String text, IdentMaps maps, Source source) {
    HbaReader reader = new HbaReader(file, source, maps);
    List<HbaRule> rules = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      reader.lineNumber++;
      try {
        HbaRule rule = reader.rule(new HbaTokens(line));
        if (rule != null) {
          rules.add(rule);
        }
      } catch (BadValueException e) {
        reader.warn(e.problem() + "; line left out");
      }
    }
    return new HbaRules(rules, reader.warnings);
  }

  /** Reads an ident file; one that cannot be read has no maps. */
  static IdentMaps maps(Path file) {
    try {
      return maps(file, read(file));
    } catch (IOException e) {
      return new IdentMaps(Map.of(),
          List.of(new HbaRules.Warning(0,
              "could not open ident config file " + file + ": " + TextFiles.reason(e))));
    }
  }

  static IdentMaps maps(Path file, String text) {
    Map<String, List<IdentMaps.Mapping>> maps = new LinkedHashMap<>();
    List<HbaRules.Warning> warnings = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      HbaTokens in = new HbaTokens(line);
      if (in.kind() == Kind.END) {
        continue;
      }
      String map = in.isName() ? in.text() : "";
      in.advance();
      String systemUser = in.isName() ? in.text() : "";
      in.advance();
      boolean all = in.isWord("all");
      String databaseUser = in.isName() ? in.text() : "";
      in.advance();
      if (map.isEmpty() || systemUser.isEmpty() || databaseUser.isEmpty()
          || in.kind() != Kind.END) {
        warnings.add(new HbaRules.Warning(number,
            "ident line " + number + " of " + file
                + ": expected map, system user, database user; line left out"));
        continue;
      }
      maps.computeIfAbsent(map, unnamed -> new ArrayList<>())
          .add(new IdentMaps.Mapping(systemUser, all, databaseUser));
    }
    return new IdentMaps(maps, warnings);
  }

  private void warn(String what) {
    warnings.add(
        new HbaRules.Warning(lineNumber, "hba line " + lineNumber + " of " + file + ": " + what));
  }

  private @Nullable HbaRule rule(HbaTokens in) throws BadValueException {
    if (in.kind() == Kind.END) {
      return null;
    }
    HbaRule.Type type = type(in);
    HbaRule.Names databases = names(in, file, "database");
    HbaRule.Names users = names(in, file, "user");
    HbaRule.Network network = type == HbaRule.Type.LOCAL ? null : network(in);
    HbaMethod method = method(in);
    if (method == HbaMethod.LDAP) {
      return new HbaRule(lineNumber, type, databases, users, network, method, in.rest(), null);
    }
    String map = map(in);
    if (in.kind() != Kind.END) {
      throw new BadValueException("unsupported option: " + in.text());
    }
    return new HbaRule(lineNumber, type, databases, users, network, method, "", map);
  }

  private static HbaRule.Type type(HbaTokens in) throws BadValueException {
    for (HbaRule.Type type : HbaRule.Type.values()) {
      if (in.take(type.spelling())) {
        return type;
      }
    }
    throw new BadValueException("unknown type: " + in.text());
  }

  private static HbaMethod method(HbaTokens in) throws BadValueException {
    for (HbaMethod method : HbaMethod.values()) {
      if (in.take(method.spelling())) {
        return method;
      }
    }
    throw new BadValueException("unsupported method: " + in.text());
  }

  private @Nullable String map(HbaTokens in) throws BadValueException {
    if (in.kind() != Kind.WORD || !in.text().startsWith("map=")) {
      return null;
    }
    String map = in.text().substring("map=".length());
    in.advance();
    if (map.isEmpty() && in.kind() == Kind.QUOTED) {
      map = in.text();
      in.advance();
    }
    if (!maps.has(map)) {
      throw new BadValueException("ident map \"" + map + "\" does not exist");
    }
    return map;
  }

  /** A list of names; the keywords of both fields are the same, as in PgBouncer. */
  private HbaRule.Names names(HbaTokens in, Path parent, String field) throws BadValueException {
    NameList list = new NameList();
    do {
      name(in, parent, field, list, 0);
    } while (in.take(Kind.COMMA));
    return list.toNames();
  }

  /** The names read so far of one field. */
  private static final class NameList {
    private boolean all;
    private boolean same;
    private boolean replication;
    private final Set<String> names = new HashSet<>();

    HbaRule.Names toNames() {
      return new HbaRule.Names(all, same, replication, names);
    }
  }

  private void name(HbaTokens in, Path parent, String field, NameList list, int depth)
      throws BadValueException {
    if (!in.isName()) {
      throw new BadValueException("expected a name for " + field);
    }
    if (++namesRead > MAX_NAMES) {
      throw new BadValueException("more than " + MAX_NAMES + " names");
    }
    String text = in.text();
    boolean word = in.kind() == Kind.WORD;
    in.advance();
    if (!word) {
      list.names.add(text);
    } else if (text.equals("all")) {
      list.all = true;
    } else if (text.equals("sameuser")) {
      list.same = true;
    } else if (text.equals("replication")) {
      list.replication = true;
    } else if (text.equals("samerole") || text.equals("samegroup") || text.startsWith("+")) {
      throw new BadValueException(text + " is not supported");
    } else if (text.startsWith("@")) {
      String name = text.substring(1);
      if (name.isEmpty() && in.kind() == Kind.QUOTED) {
        name = in.text();
        in.advance();
      }
      namesOf(name, parent, field, list, depth);
    } else {
      list.names.add(text);
    }
  }

  /** Adds the names in a file, which stand between blanks, commas or line ends. */
  private void namesOf(String name, Path parent, String field, NameList list, int depth)
      throws BadValueException {
    if (depth == MAX_DEPTH) {
      throw new BadValueException("@" + name + " is nested deeper than " + MAX_DEPTH);
    }
    Path included;
    String text;
    try {
      included = parent.resolveSibling(name);
      text = source.read(included);
    } catch (IOException e) {
      throw new BadValueException("could not open @" + name + ": " + TextFiles.reason(e));
    } catch (InvalidPathException e) {
      throw new BadValueException("not a file name: " + name);
    }
    for (String line : text.split("\n", -1)) {
      HbaTokens in = new HbaTokens(line);
      while (in.kind() != Kind.END) {
        name(in, included, field, list, depth + 1);
        in.take(Kind.COMMA);
      }
    }
  }

  private HbaRule.@Nullable Network network(HbaTokens in) throws BadValueException {
    if (in.take("all")) {
      return null;
    }
    if (in.kind() != Kind.WORD) {
      throw new BadValueException("expected an address");
    }
    String text = in.text();
    in.advance();
    int slash = text.indexOf('/');
    byte[] address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw new BadValueException("failed to parse address: " + text);
    }
    byte[] mask = slash < 0
        ? mask(in, address.length)
        : prefix(text.substring(slash + 1), address.length);
    for (int i = 0; i < mask.length; i++) {
      if ((address[i] & ~mask[i]) != 0) {
        warn("address does not match mask, bits outside the mask are not looked at: " + text);
        break;
      }
    }
    return new HbaRule.Network(address, mask);
  }

  private static byte[] mask(HbaTokens in, int length) throws BadValueException {
    byte[] mask = in.kind() == Kind.WORD ? IpAddress.parse(in.text()) : null;
    if (mask == null || mask.length != length) {
      throw new BadValueException("failed to parse mask: " + in.text());
    }
    in.advance();
    return mask;
  }

  private static byte[] prefix(String bits, int length) throws BadValueException {
    int most = length == V4_BYTES ? 32 : 128;
    if (!bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > most) {
      throw new BadValueException("invalid mask: /" + bits);
    }
    byte[] mask = new byte[length];
    for (int i = 0; i < Integer.parseInt(bits); i++) {
      mask[i / 8] |= (byte) (0x80 >> (i % 8));
    }
    return mask;
  }
}
