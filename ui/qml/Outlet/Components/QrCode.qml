import QtQuick
import QtQuick.Shapes

// A QR code drawn as one shape: dark on white in every theme, or a phone does not read it.
Rectangle {
    id: root

    required property string path
    required property int modules
    required property string name

    color: "white"
    Accessible.role: Accessible.Graphic
    Accessible.name: name

    Shape {
        anchors.fill: parent
        layer.enabled: true

        ShapePath {
            scale: Qt.size(root.width / root.modules, root.height / root.modules)
            strokeWidth: -1
            fillColor: "black"

            PathSvg {
                path: root.path
            }
        }
    }
}
