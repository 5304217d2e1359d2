import QtQuick

// One of our own icons in a colour of the palette; drawn once it has a name.
Loader {
    id: root

    required property Theme theme
    required property string name
    property color tone: theme.muted
    property int size: theme.icon

    // By its address, so that the first frame, which has no icon, need not read how to draw one.
    function draw(): void {
        if (name !== "" && status === Loader.Null)
            setSource("IconDrawing.qml", {
                "icon": root
            });
    }

    width: size
    height: size
    Accessible.ignored: true
    onNameChanged: draw()
    Component.onCompleted: draw()
}
