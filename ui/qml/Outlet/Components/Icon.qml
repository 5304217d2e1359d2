import QtQuick
import QtQuick.Shapes
import "icons.js" as Icons

// One of our own icons in a colour of the palette.
Shape {
    id: root

    required property Theme theme
    required property string name
    property color tone: theme.muted
    property int size: theme.icon

    width: size
    height: size
    // A picture of its own: drawn straight, a shape ignores what is painted over it.
    layer.enabled: true
    Accessible.ignored: true

    ShapePath {
        scale: Qt.size(root.size / 24, root.size / 24)
        strokeColor: root.tone
        strokeWidth: 1.8 * root.size / 24
        fillColor: "transparent"
        capStyle: ShapePath.RoundCap
        joinStyle: ShapePath.RoundJoin

        PathSvg {
            path: Icons.paths[root.name] ?? ""
        }
    }
}
