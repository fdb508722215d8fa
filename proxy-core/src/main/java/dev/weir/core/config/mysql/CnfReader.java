package dev.weir.core.config.mysql;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Reads {@code proxysql.cnf}: the grammar of libconfig, ProxySQL's groups and lists. */
public final class CnfReader {
  private static final int MAX_BYTES = 64 * 1024 * 1024;
  private static final int MOST_WARNINGS = 100;

  private final String file;
  private final Map<String, String> settings = new HashMap<>();
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Map<ConfigTable<?>, List<CnfFile.Row>> rows = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();

  private CnfReader(String file) {
    this.file = file;
  }

  /** @throws CnfException when the file cannot be read or holds a mistake; nothing of it is taken then */
  public static CnfFile read(Path file) throws CnfException {
    try {
      return read(file.toString(), text(file), name -> text(included(file, name)));
    } catch (IOException e) {
      throw new CnfException(file.toString(), 0, reason(e));
    }
  }

  static CnfFile read(String file, String text, CnfParser.Files files) throws CnfException {
    SequencedMap<String, CnfValue> top = new CnfParser(files).file(file, text);
    CnfReader reader = new CnfReader(file);
    for (Map.Entry<String, CnfValue> entry : top.entrySet()) {
      reader.top(entry.getKey(), entry.getValue());
    }
    return new CnfFile(file, reader.settings, reader.variables, reader.rows, reader.warnings);
  }

  private void top(String name, CnfValue value) throws CnfException {
    CnfList list = CnfList.named(name);
    if (list != null) {
      list(list, value);
    } else if (name.equals("mysql_variables")) {
      variables("mysql-", name, value);
    } else if (name.equals("admin_variables")) {
      variables("admin-", name, value);
    } else if (value instanceof CnfValue.Scalar(String text, _, _)) {
      settings.put(name, text);
    } else {
      warn(value.line(), name + " is not known here and left out");
    }
  }

  private void variables(String prefix, String name, CnfValue value) throws CnfException {
    if (!(value instanceof CnfValue.Group(var group, int _))) {
      throw error(value.line(), name + " must be a group { }");
    }
    for (Map.Entry<String, CnfValue> entry : group.entrySet()) {
      if (!(entry.getValue() instanceof CnfValue.Scalar(String text, _, int line))) {
        throw error(entry.getValue().line(), name + "." + entry.getKey() + " must be one value");
      }
      variable(prefix + entry.getKey(), text, line);
    }
  }

  private void variable(String name, String text, int line) throws CnfException {
    MysqlVariable variable = VariableCatalogue.find(name);
    if (variable != null) {
      try {
        variables.put(name, variable.normal(text));
      } catch (ContradictionException e) {
        throw error(line, e.reason());
      }
    } else if (!VariableCatalogue.forgotten(name)) {
      warn(line, "there is no variable " + name + "; it is left out");
    }
  }

  private void list(CnfList list, CnfValue value) throws CnfException {
    if (!(value instanceof CnfValue.Sequence(var values, int _))) {
      throw error(value.line(), list.name() + " must be a list ( )");
    }
    List<CnfFile.Row> read = new ArrayList<>();
    for (CnfValue element : values) {
      if (!(element instanceof CnfValue.Group group)) {
        throw error(element.line(), list.name() + " must hold groups { }");
      }
      read.add(row(list, group));
    }
    rows.put(list.table(), List.copyOf(read));
  }

  private CnfFile.Row row(CnfList list, CnfValue.Group group) throws CnfException {
    Map<String, String> values = new LinkedHashMap<>(list.given());
    Map<String, String> keys = new HashMap<>();
    for (Map.Entry<String, CnfValue> entry : group.settings().entrySet()) {
      String key = entry.getKey();
      if (list.ignored().contains(key)) {
        continue;
      }
      String column = list.column(key);
      if (column == null) {
        warn(entry.getValue().line(), list.name() + " has no " + key + "; it is left out");
        continue;
      }
      if (!(entry
          .getValue() instanceof CnfValue.Scalar(String text, boolean isBoolean, int line))) {
        throw error(entry.getValue().line(), list.name() + "." + key + " must be one value");
      }
      String other = keys.put(column, key);
      if (other != null) {
        throw error(line, list.name() + ": " + other + " and " + key + " mean the same");
      }
      values.put(column, isBoolean ? text.equals("true") ? "1" : "0" : text);
    }
    for (String column : list.required()) {
      if (!values.containsKey(column)) {
        throw error(group.line(), list.name() + " needs " + column);
      }
    }
    return new CnfFile.Row(group.line(), values);
  }

  private void warn(int line, String what) {
    if (warnings.size() < MOST_WARNINGS) {
      warnings.add(file + ":" + line + ": " + what);
    }
  }

  private CnfException error(int line, String problem) {
    return new CnfException(file, line, problem);
  }

  private static Path included(Path file, String name) throws IOException {
    try {
      return file.toAbsolutePath().resolveSibling(name);
    } catch (InvalidPathException e) {
      throw new IOException("not the name of a file", e);
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES);
      if (in.read() >= 0) {
        throw new IOException("larger than " + MAX_BYTES + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(bytes))
          .toString();
    }
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    return e instanceof CharacterCodingException
        ? "the file is not UTF-8"
        : String.valueOf(e.getMessage());
  }
}
