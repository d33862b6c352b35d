package dev.kasane.text.data;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Best-fit packing of lengths into rows. */
final class RowPacking {
  private RowPacking() {}

  /**
   * Places of the lengths by row.
   *
   * @param lengths what to pack, longest first
   * @param capacity of a row; a longer one has a row to itself
   */
  static List<List<Integer>> pack(List<Integer> lengths, int capacity) {
    List<List<Integer>> rows = new ArrayList<>();
    TreeMap<Integer, List<Integer>> byRoom = new TreeMap<>();
    for (int place = 0; place < lengths.size(); place++) {
      int length = lengths.get(place);
      Integer room = byRoom.ceilingKey(length);
      int row = room == null ? rows.size() : take(byRoom, room);
      if (room == null) {
        rows.add(new ArrayList<>());
      }
      rows.get(row).add(place);
      int left = (room == null ? capacity : room) - length;
      if (left > 0) {
        byRoom.computeIfAbsent(left, unused -> new ArrayList<>()).add(row);
      }
    }
    return rows;
  }

  private static int take(TreeMap<Integer, List<Integer>> byRoom, int room) {
    List<Integer> rows = byRoom.get(room);
    int row = rows.remove(0);
    if (rows.isEmpty()) {
      byRoom.remove(room);
    }
    return row;
  }
}
