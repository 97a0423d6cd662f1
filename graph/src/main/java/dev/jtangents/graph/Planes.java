package dev.jtangents.graph;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The displacement planes of a covariance. Plane δ holds the entries K(p, p + δ) for those p for
 * which both positions exist: a box of positions p, its cells numbered row by row.
 *
 * <p>Planes are numbered from 0 in the order of δ, the last axis fastest.
 */
final class Planes {
    private final Extents extents;
    private final int count;
    private final AtomicReferenceArray<Box> boxes;

    Planes(Extents extents) {
        this.extents = extents;
        long planes = 1;
        for (int size : extents.sizes()) {
            planes = Math.multiplyExact(planes, 2L * size - 1);
        }
        count = Math.toIntExact(planes);
        boxes = new AtomicReferenceArray<>(count);
    }

    Extents extents() {
        return extents;
    }

    /** The number of planes. */
    int count() {
        return count;
    }

    /** The plane of equal positions. */
    int zero() {
        return count / 2;
    }

    /** The displacement of a plane. */
    int[] displacement(int plane) {
        int[] displacement = new int[extents.rank()];
        int rest = plane;
        for (int axis = extents.rank() - 1; axis >= 0; axis--) {
            int width = 2 * extents.size(axis) - 1;
            displacement[axis] = rest % width - extents.size(axis) + 1;
            rest /= width;
        }
        return displacement;
    }

    /** The plane of a displacement, or -1 when no two positions are that far apart. */
    int plane(int[] displacement) {
        int plane = 0;
        for (int axis = 0; axis < extents.rank(); axis++) {
            int size = extents.size(axis);
            if (Math.abs(displacement[axis]) >= size) {
                return -1;
            }
            plane = plane * (2 * size - 1) + displacement[axis] + size - 1;
        }
        return plane;
    }

    /** The plane of a pair of positions. */
    int plane(int p, int q) {
        int plane = 0;
        int scale = 1;
        int left = p;
        int right = q;
        for (int axis = extents.rank() - 1; axis >= 0; axis--) {
            int size = extents.size(axis);
            plane += (right % size - left % size + size - 1) * scale;
            scale *= 2 * size - 1;
            left /= size;
            right /= size;
        }
        return plane;
    }

    /** The positions of a plane. */
    Box box(int plane) {
        Box box = boxes.get(plane);
        if (box == null) {
            box = Box.of(extents, displacement(plane));
            boxes.set(plane, box);
        }
        return box;
    }

    /**
     * The positions p of a plane, as rows along the last axis.
     *
     * @param low the first position along each axis
     * @param size the number of positions along each axis
     * @param shift q - p, of the numbers of positions
     * @param rowLength positions per row
     * @param rows the number of the first position of each row
     */
    record Box(int[] low, int[] size, int shift, int rowLength, int[] rows) {
        private static Box of(Extents extents, int[] displacement) {
            int rank = extents.rank();
            int[] low = new int[rank];
            int[] size = new int[rank];
            int shift = 0;
            int rowCount = 1;
            for (int axis = 0; axis < rank; axis++) {
                low[axis] = Math.max(0, -displacement[axis]);
                size[axis] = extents.size(axis) - Math.abs(displacement[axis]);
                shift = shift * extents.size(axis) + displacement[axis];
                rowCount *= axis < rank - 1 ? size[axis] : 1;
            }
            int[] rows = new int[rowCount];
            int[] position = low.clone();
            for (int row = 0; row < rowCount; row++) {
                rows[row] = extents.position(position);
                for (int axis = rank - 2; axis >= 0; axis--) {
                    position[axis]++;
                    if (position[axis] < low[axis] + size[axis]) {
                        break;
                    }
                    position[axis] = low[axis];
                }
            }
            return new Box(low, size, shift, rank == 0 ? 1 : size[rank - 1], rows);
        }

        int cells() {
            return rows.length * rowLength;
        }

        /** Writes the numbers of the positions of all cells, in order. */
        void positions(int[] target) {
            int cell = 0;
            for (int first : rows) {
                for (int p = first; p < first + rowLength; p++) {
                    target[cell++] = p;
                }
            }
        }

        /** The number of the cell of a position, which is in the box. */
        int cell(Extents extents, int position) {
            int cell = 0;
            int scale = 1;
            int rest = position;
            for (int axis = low.length - 1; axis >= 0; axis--) {
                cell += (rest % extents.size(axis) - low[axis]) * scale;
                scale *= size[axis];
                rest /= extents.size(axis);
            }
            return cell;
        }
    }
}
