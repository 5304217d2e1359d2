import QtQuick

// One line of text, a figure or a secret. Once it is filled the hint is gone and a small name tells
// what the field is for, where there is room for both and no label stands beside it.
FocusScope {
    id: root

    required property Theme theme
    required property string name
    property alias text: input.text
    property alias maximumLength: input.maximumLength
    property string hint: ""
    property bool secret: false
    property bool figures: false
    property bool big: false
    property bool readOnly: false
    property bool labelled: false
    property int lead: 0
    property int trail: 0

    readonly property bool empty: input.length === 0 && input.preeditText === ""

    signal submitted
    signal edited(string text)

    function clear(): void {
        input.clear();
    }

    function startOver(): void {
        input.clear();
        input.forceActiveFocus();
    }

    function takeKeyboard(): void {
        input.forceActiveFocus();
    }

    implicitWidth: 320
    implicitHeight: big ? theme.control + theme.gap * 3 : theme.control
    activeFocusOnTab: false

    Rectangle {
        anchors.fill: parent
        radius: root.theme.radius
        color: root.theme.surface
        border.width: input.activeFocus ? 2 : root.theme.hairline
        border.color: input.activeFocus ? root.theme.focusRing : root.theme.line
    }

    Text {
        anchors.fill: input
        text: root.hint
        visible: root.empty
        color: root.theme.hint
        font.pixelSize: root.big ? root.theme.body : root.theme.small + 1
        horizontalAlignment: root.figures ? Text.AlignRight : Text.AlignLeft
        verticalAlignment: Text.AlignVCenter
        elide: Text.ElideRight
        textFormat: Text.PlainText
        Accessible.ignored: true
    }

    Text {
        id: tag

        readonly property bool fits: implicitWidth + root.theme.gap * 4 + input.contentWidth <= input.width

        anchors.left: root.figures ? input.left : undefined
        anchors.right: root.figures ? undefined : input.right
        anchors.verticalCenter: parent.verticalCenter
        text: root.name
        visible: !root.labelled && !root.empty && fits
        color: root.theme.hint
        font.pixelSize: root.theme.small
        textFormat: Text.PlainText
        Accessible.ignored: true
    }

    TextInput {
        id: input

        anchors.fill: parent
        anchors.leftMargin: root.theme.gap * 4 + root.lead
        anchors.rightMargin: root.theme.gap * 4 + root.trail
        focus: true
        activeFocusOnTab: true
        clip: true
        selectByMouse: true
        readOnly: root.readOnly
        color: root.theme.ink
        selectionColor: root.theme.primary
        selectedTextColor: root.theme.primaryInk
        echoMode: root.secret ? TextInput.Password : TextInput.Normal
        passwordCharacter: "●"
        passwordMaskDelay: 0
        font.pixelSize: root.big ? Math.round(root.theme.body * 1.33) : root.theme.body
        horizontalAlignment: root.figures ? TextInput.AlignRight : TextInput.AlignLeft
        verticalAlignment: TextInput.AlignVCenter
        inputMethodHints: root.secret ? Qt.ImhSensitiveData | Qt.ImhNoPredictiveText | Qt.ImhPreferNumbers : root.figures ? Qt.ImhFormattedNumbersOnly : Qt.ImhNoPredictiveText
        onAccepted: root.submitted()
        onTextEdited: root.edited(text)
        Accessible.role: Accessible.EditableText
        Accessible.name: root.name
        Accessible.focusable: true
    }
}
