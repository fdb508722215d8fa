package dev.weir.core.mysql;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The memory of this process under the names that ProxySQL has from jemalloc. What is allocated is what the JVM uses,
 * active and mapped what it has from the system, metadata its classes, retained what it has and does not use; resident
 * is what the kernel says (proc(5), VmRSS). Thread-safe.
 */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";

  private ProcessMemory() {}

  /** Adds the names and their bytes. */
  static void addTo(Map<String, Long> all) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    MemoryUsage heap = memory.getHeapMemoryUsage();
    MemoryUsage other = memory.getNonHeapMemoryUsage();
    long used = heap.getUsed() + other.getUsed();
    long committed = heap.getCommitted() + other.getCommitted();
    all.put("jemalloc_resident", resident(committed));
    all.put("jemalloc_active", committed);
    all.put("jemalloc_allocated", used);
    all.put("jemalloc_mapped", committed);
    all.put("jemalloc_metadata", metaspace());
    all.put("jemalloc_retained", Math.max(0, committed - used));
  }

  private static long metaspace() {
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getName().equals("Metaspace")) {
        return pool.getUsage().getUsed();
      }
    }
    return 0;
  }

  private static long resident(long otherwise) {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(RESIDENT)) {
          String kilobytes = line.substring(RESIDENT.length()).replace("kB", "").strip();
          return Long.parseLong(kilobytes) * 1024;
        }
      }
    } catch (IOException | NumberFormatException _) {
      // not a Linux: said in the next line
    }
    return otherwise;
  }
}
