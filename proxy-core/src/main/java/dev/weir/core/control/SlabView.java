package dev.weir.core.control;

/** A row of SHOW MEM: objects of one kind, their size in bytes where it is known, used and free counts. */
public record SlabView(String name, int size, int used, int free, int memTotal) {}
